-- Distinct sets of experts of the sampled tokens. A token is sampled if the hash of what it is,
-- as a fraction, is below the leaf's inclusion probability: the same tokens in every layer.
WITH sampled AS (
  SELECT *, least(1D, :sample_tokens / double(layer_tokens)) AS inclusion FROM leaf
)
SELECT a.model, a.revision, a.dataset, a.workload, a.day, a.phase, a.layer,
  max(l.layer_tokens) AS layer_tokens,
  CAST(sort_array(a.experts) AS ARRAY<INT>) AS experts,
  count(*) AS tokens,
  max(l.inclusion) AS inclusion
FROM activation a
JOIN sampled l ON a.model = l.model AND a.revision = l.revision AND a.dataset = l.dataset
  AND a.workload <=> l.workload AND a.day <=> l.day AND a.phase = l.phase
WHERE size(a.experts) > 0 AND (l.inclusion = 1 OR
  shiftrightunsigned(
    CASE WHEN a.request_id IS NOT NULL THEN xxhash64(:seed, a.request_id, a.position)
    ELSE xxhash64(:seed, a.source_id, a.step, a.rank, a.position) END, 11)
    / 9007199254740992D < l.inclusion)
GROUP BY a.model, a.revision, a.dataset, a.workload, a.day, a.phase, a.layer,
  CAST(sort_array(a.experts) AS ARRAY<INT>)
