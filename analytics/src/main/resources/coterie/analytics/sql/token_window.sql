-- The window of each token: its place in the order of the leaf's tokens, divided by the window's
-- size. Tokens of blocks that are the same in every byte are one row here, in the first window.
WITH token AS (
  SELECT a.*
  FROM activation a
  JOIN model m ON a.model = m.model AND a.revision = m.revision AND a.layer = m.moe_layers[0]
), placed AS (
  SELECT model, revision, dataset, workload, day, phase, block, position,
    row_number() OVER (PARTITION BY model, revision, dataset, workload, day, phase
      ORDER BY arrival, step, request_id, rank, source_id, position) - 1 AS place
  FROM token
)
SELECT p.model, p.revision, p.dataset, p.workload, p.day, p.phase, p.block, p.position,
  int(min(p.place div (:window_tokens
    * ((l.layer_tokens + 256 * :window_tokens - 1) div (256 * :window_tokens))))) AS window
FROM placed p
JOIN leaf l ON p.model = l.model AND p.revision = l.revision AND p.dataset = l.dataset
  AND p.workload <=> l.workload AND p.day <=> l.day AND p.phase = l.phase
GROUP BY p.model, p.revision, p.dataset, p.workload, p.day, p.phase, p.block, p.position
