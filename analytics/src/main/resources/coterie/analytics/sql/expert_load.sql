-- Tokens, requests and gate weight of each expert; below them the loads of sources that only count.
WITH calls AS (
  SELECT model, revision, dataset, workload, day, phase, layer, request_id,
    weights[place] AS weight, int(expert) AS expert
  FROM activation LATERAL VIEW posexplode(experts) AS place, expert
)
SELECT c.model, c.revision, c.dataset, c.workload, c.day, c.phase, c.layer,
  max(l.layer_tokens) AS layer_tokens,
  c.expert,
  count(*) AS tokens,
  CASE WHEN every(l.has_requests) THEN count(DISTINCT c.request_id) END AS requests,
  CASE WHEN every(l.has_weights) THEN
    sum(CASE WHEN isnan(c.weight) OR abs(c.weight) > 65504 THEN 0D ELSE double(c.weight) END)
  END AS gate_weight,
  'tokens' AS basis
FROM calls c
JOIN leaf l ON c.model = l.model AND c.revision = l.revision AND c.dataset = l.dataset
  AND c.workload <=> l.workload AND c.day <=> l.day AND c.phase = l.phase
GROUP BY c.model, c.revision, c.dataset, c.workload, c.day, c.phase, c.layer, c.expert
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
