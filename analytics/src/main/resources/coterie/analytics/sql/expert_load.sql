-- Tokens, requests and gate weight of each expert; below them the loads of sources that only count.
WITH calls AS (
  SELECT model, revision, dataset, workload, day, phase, layer, request_id,
    weights[place] AS weight, int(expert) AS expert
  FROM activation LATERAL VIEW posexplode(experts) AS place, expert
), counted AS (
  SELECT model, revision, dataset, workload, day, phase, layer, expert,
    count(*) AS tokens, count(DISTINCT request_id) AS requests,
    sum(CASE WHEN isnan(weight) OR abs(weight) > 65504 THEN 0D ELSE double(weight) END)
      AS gate_weight
  FROM calls
  GROUP BY model, revision, dataset, workload, day, phase, layer, expert
)
SELECT c.model, c.revision, c.dataset, c.workload, c.day, c.phase, c.layer, l.layer_tokens,
  c.expert, c.tokens,
  CASE WHEN l.has_requests THEN c.requests END AS requests,
  CASE WHEN l.has_weights THEN c.gate_weight END AS gate_weight,
  'tokens' AS basis
FROM counted c
JOIN leaf l ON c.model = l.model AND c.revision = l.revision AND c.dataset = l.dataset
  AND c.workload <=> l.workload AND c.day <=> l.day AND c.phase = l.phase
UNION ALL
SELECT p.model, p.revision, p.dataset, p.workload, p.day, p.phase,
  m.moe_layers[int(place div m.experts)] AS layer,
  sum(p.tokens) AS layer_tokens, int(place % m.experts) AS expert, sum(calls) AS tokens,
  bigint(NULL) AS requests, double(NULL) AS gate_weight, 'counts' AS basis
FROM pass_load p
JOIN model m ON p.model = m.model AND p.revision = m.revision
LATERAL VIEW posexplode(p.counts) AS place, calls
GROUP BY p.model, p.revision, p.dataset, p.workload, p.day, p.phase,
  m.moe_layers[int(place div m.experts)], int(place % m.experts)
HAVING sum(calls) > 0
