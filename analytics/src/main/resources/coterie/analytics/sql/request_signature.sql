-- The experts that each request used, layer by layer and window by window: [expert] tokens.
-- Each count is packed below its expert, so that sorting puts the experts in order.
WITH windowed AS (
  SELECT a.model, a.revision, a.dataset, a.workload, a.day, a.phase, a.layer, a.request_id,
    a.experts, w.window
  FROM activation a
  JOIN token_window w ON a.model = w.model AND a.revision = w.revision AND a.dataset = w.dataset
    AND a.workload <=> w.workload AND a.day <=> w.day AND a.phase = w.phase
    AND a.block = w.block AND a.position = w.position
  WHERE a.request_id IS NOT NULL
), used AS (
  SELECT model, revision, dataset, workload, day, phase, layer, request_id, window,
    int(expert) AS expert, count(*) AS tokens
  FROM windowed LATERAL VIEW explode(experts) AS expert
  GROUP BY model, revision, dataset, workload, day, phase, layer, request_id, window, expert
), request AS (
  SELECT model, revision, dataset, workload, day, phase, layer, request_id, window,
    count(*) AS tokens
  FROM windowed
  GROUP BY model, revision, dataset, workload, day, phase, layer, request_id, window
), cell AS (
  SELECT r.*, expert
  FROM request r
  JOIN model m ON r.model = m.model AND r.revision = m.revision
  LATERAL VIEW explode(sequence(0, m.experts - 1)) AS expert
), counted AS (
  SELECT c.model, c.revision, c.dataset, c.workload, c.day, c.phase, c.layer, c.request_id,
    c.window, max(c.tokens) AS tokens,
    transform(
      sort_array(collect_list(shiftleft(bigint(c.expert), 32) | coalesce(u.tokens, 0))),
      packed -> int(packed & 2147483647)) AS counts
  FROM cell c
  LEFT JOIN used u ON c.model = u.model AND c.revision = u.revision AND c.dataset = u.dataset
    AND c.workload <=> u.workload AND c.day <=> u.day AND c.phase = u.phase AND c.layer = u.layer
    AND c.request_id = u.request_id AND c.window = u.window AND c.expert = u.expert
  GROUP BY c.model, c.revision, c.dataset, c.workload, c.day, c.phase, c.layer, c.request_id,
    c.window
)
SELECT c.model, c.revision, c.dataset, c.workload, c.day, c.phase, c.layer, l.layer_tokens,
  c.request_id, c.window, c.tokens, c.counts
FROM counted c
JOIN leaf l ON c.model = l.model AND c.revision = l.revision AND c.dataset = l.dataset
  AND c.workload <=> l.workload AND c.day <=> l.day AND c.phase = l.phase
