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
), counted AS (
  SELECT model, revision, dataset, workload, day, phase, layer, int(expert) AS expert, next_layer,
    int(next_expert) AS next_expert, sum(same) AS tokens
  FROM steps LATERAL VIEW explode(experts) AS expert
    LATERAL VIEW explode(next_experts) AS next_expert
  GROUP BY model, revision, dataset, workload, day, phase, layer, expert, next_layer, next_expert
)
SELECT c.model, c.revision, c.dataset, c.workload, c.day, c.phase, c.layer, l.layer_tokens,
  c.expert, c.next_layer, c.next_expert, c.tokens
FROM counted c
JOIN leaf l ON c.model = l.model AND c.revision = l.revision AND c.dataset = l.dataset
  AND c.workload <=> l.workload AND c.day <=> l.day AND c.phase = l.phase
