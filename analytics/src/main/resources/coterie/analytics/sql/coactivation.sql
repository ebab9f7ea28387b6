-- Tokens that called both experts of a pair.
WITH pairs AS (
  SELECT model, revision, dataset, workload, day, phase, layer, int(a) AS a, int(b) AS b
  FROM activation LATERAL VIEW explode(experts) AS a LATERAL VIEW explode(experts) AS b
  WHERE a < b
), counted AS (
  SELECT model, revision, dataset, workload, day, phase, layer, a, b, count(*) AS tokens
  FROM pairs
  GROUP BY model, revision, dataset, workload, day, phase, layer, a, b
)
SELECT c.model, c.revision, c.dataset, c.workload, c.day, c.phase, c.layer, l.layer_tokens,
  c.a, c.b, c.tokens
FROM counted c
JOIN leaf l ON c.model = l.model AND c.revision = l.revision AND c.dataset = l.dataset
  AND c.workload <=> l.workload AND c.day <=> l.day AND c.phase = l.phase
