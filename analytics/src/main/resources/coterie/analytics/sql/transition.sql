-- From each expert of a layer to each of the model's next MoE layer. Tokens are told apart by block
-- and position; where blocks are the same in every byte, their tokens are counted together.
WITH next_layer AS (
  SELECT model, revision, layer, moe_layers[place + 1] AS next
  FROM model LATERAL VIEW posexplode(moe_layers) AS place, layer
  WHERE place + 1 < size(moe_layers)
), token AS (
  SELECT model, revision, dataset, workload, day, phase, block, position, layer,
    any_value(experts) AS experts, count(*) AS same
  FROM activation
  GROUP BY model, revision, dataset, workload, day, phase, block, position, layer
), steps AS (
  SELECT f.model, f.revision, f.dataset, f.workload, f.day, f.phase, f.layer, n.next AS next_layer,
    f.experts, t.experts AS next_experts, f.same
  FROM token f
  JOIN next_layer n ON f.model = n.model AND f.revision = n.revision AND f.layer = n.layer
  JOIN token t ON f.model = t.model AND f.revision = t.revision AND f.dataset = t.dataset
    AND f.block = t.block AND f.position = t.position AND n.next = t.layer
)
SELECT s.model, s.revision, s.dataset, s.workload, s.day, s.phase, s.layer,
  max(l.layer_tokens) AS layer_tokens, s.expert, s.next_layer, s.next_expert,
  sum(s.same) AS tokens
FROM (SELECT model, revision, dataset, workload, day, phase, layer, next_layer, same,
    int(expert) AS expert, int(next_expert) AS next_expert
  FROM steps LATERAL VIEW explode(experts) AS expert
    LATERAL VIEW explode(next_experts) AS next_expert) s
JOIN leaf l ON s.model = l.model AND s.revision = l.revision AND s.dataset = l.dataset
  AND s.workload <=> l.workload AND s.day <=> l.day AND s.phase = l.phase
GROUP BY s.model, s.revision, s.dataset, s.workload, s.day, s.phase, s.layer, s.expert,
  s.next_layer, s.next_expert
