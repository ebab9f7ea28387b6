-- Loads in windows of tokens, and by the day on which the source was read.
WITH ingested AS (
  SELECT source_id, max(datediff(date(ingested_at), DATE'1970-01-01')) AS window FROM source GROUP BY source_id
), windowed AS (
  SELECT a.model, a.revision, a.dataset, a.workload, a.day, a.phase, a.layer, a.experts,
    'tokens' AS kind, w.window
  FROM activation a
  JOIN token_window w ON a.model = w.model AND a.revision = w.revision AND a.dataset = w.dataset
    AND a.workload <=> w.workload AND a.day <=> w.day AND a.phase = w.phase
    AND a.block = w.block AND a.position = w.position
  UNION ALL
  SELECT a.model, a.revision, a.dataset, a.workload, a.day, a.phase, a.layer, a.experts,
    'ingest_day' AS kind, i.window
  FROM activation a
  JOIN ingested i ON a.source_id = i.source_id
), size AS (
  SELECT model, revision, dataset, workload, day, phase, layer, kind, window,
    count(*) AS window_tokens
  FROM windowed
  GROUP BY model, revision, dataset, workload, day, phase, layer, kind, window
), load AS (
  SELECT model, revision, dataset, workload, day, phase, layer, kind, window, expert,
    count(*) AS tokens
  FROM windowed LATERAL VIEW explode(experts) AS expert
  GROUP BY model, revision, dataset, workload, day, phase, layer, kind, window, expert
)
SELECT c.model, c.revision, c.dataset, c.workload, c.day, c.phase, c.layer, l.layer_tokens,
  c.kind, c.window, s.window_tokens, int(c.expert) AS expert, c.tokens
FROM load c
JOIN size s ON c.model = s.model AND c.revision = s.revision AND c.dataset = s.dataset
  AND c.workload <=> s.workload AND c.day <=> s.day AND c.phase = s.phase AND c.layer = s.layer
  AND c.kind = s.kind AND c.window = s.window
JOIN leaf l ON c.model = l.model AND c.revision = l.revision AND c.dataset = l.dataset
  AND c.workload <=> l.workload AND c.day <=> l.day AND c.phase = l.phase
