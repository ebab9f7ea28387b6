-- Distinct experts of a step by batch size, by both samplers, beside the two nulls.
WITH drawn AS (
  SELECT model, revision, dataset, workload, day, phase, layer, sampler, batch,
    CASE WHEN sampler = 'token' AND batch = 1 THEN 0 ELSE count(*) END AS batches,
    avg(size) AS mean,
    CASE WHEN (sampler = 'token' AND batch = 1) OR count(*) < 2 THEN 0D
      ELSE stddev_samp(size) / sqrt(count(*)) END AS standard_error,
    percentile(size, 0.5D) AS p50, percentile(size, 0.95D) AS p95
  FROM (SELECT * FROM token_union UNION ALL SELECT * FROM request_union)
  GROUP BY model, revision, dataset, workload, day, phase, layer, sampler, batch
), wanted AS (
  SELECT l.*, layer, sampler, shiftleft(1, doublings) AS batch,
    m.experts * (1 - power(1 - m.top_k / double(m.experts), shiftleft(1, doublings)))
      AS uniform_null
  FROM leaf l
  JOIN model m ON l.model = m.model AND l.revision = m.revision
  LATERAL VIEW explode(m.moe_layers) AS layer
  LATERAL VIEW explode(array('token', 'request')) AS sampler
  LATERAL VIEW explode(sequence(0, 10)) AS doublings
), independent AS (
  SELECT w.model, w.revision, w.dataset, w.workload, w.day, w.phase, w.layer, w.sampler, w.batch,
    sum(1 - power(1 - e.tokens / double(e.layer_tokens), w.batch)) AS independence_null
  FROM wanted w
  JOIN expert_load e ON w.model = e.model AND w.revision = e.revision AND w.dataset = e.dataset
    AND w.workload <=> e.workload AND w.day <=> e.day AND w.phase = e.phase
    AND w.layer = e.layer AND e.basis = 'tokens'
  GROUP BY w.model, w.revision, w.dataset, w.workload, w.day, w.phase, w.layer, w.sampler, w.batch
)
SELECT w.model, w.revision, w.dataset, w.workload, w.day, w.phase, w.layer, w.layer_tokens,
  w.sampler, w.batch,
  d.mean IS NOT NULL AS available,
  CASE WHEN d.mean IS NOT NULL THEN NULL
    WHEN w.sampler = 'token' THEN 'no token calls an expert'
    WHEN NOT w.has_requests THEN 'blocks without request id'
    ELSE concat(w.requests, ' requests allow batches of ', w.requests div 4, ' at most')
  END AS unavailable_reason,
  CASE WHEN w.has_requests THEN w.requests END AS requests,
  coalesce(d.batches, 0) AS batches,
  d.mean, d.standard_error, d.p50, d.p95,
  w.uniform_null,
  coalesce(i.independence_null, 0D) AS independence_null
FROM wanted w
LEFT JOIN drawn d ON w.model = d.model AND w.revision = d.revision AND w.dataset = d.dataset
  AND w.workload <=> d.workload AND w.day <=> d.day AND w.phase = d.phase
  AND w.layer = d.layer AND w.sampler = d.sampler AND w.batch = d.batch
LEFT JOIN independent i ON w.model = i.model AND w.revision = i.revision
  AND w.dataset = i.dataset AND w.workload <=> i.workload AND w.day <=> i.day
  AND w.phase = i.phase AND w.layer = i.layer AND w.sampler = i.sampler AND w.batch = i.batch
