-- Tokens that called both experts of a pair.
WITH pairs AS (
  SELECT model, revision, dataset, workload, day, phase, layer, int(a) AS a, int(b) AS b
  FROM activation LATERAL VIEW explode(experts) AS a LATERAL VIEW explode(experts) AS b
  WHERE a < b
)
SELECT p.model, p.revision, p.dataset, p.workload, p.day, p.phase, p.layer,
  max(l.layer_tokens) AS layer_tokens, p.a, p.b, count(*) AS tokens
FROM pairs p
JOIN leaf l ON p.model = l.model AND p.revision = l.revision AND p.dataset = l.dataset
  AND p.workload <=> l.workload AND p.day <=> l.day AND p.phase = l.phase
GROUP BY p.model, p.revision, p.dataset, p.workload, p.day, p.phase, p.layer, p.a, p.b
