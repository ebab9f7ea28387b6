-- The leaves in scope with their tokens: the rows of the model's first MoE layer.
-- has_requests, has_weights: true if all of its tokens have a request id, gate weights.
SELECT a.model, a.revision, a.dataset, a.workload, a.day, a.phase,
  count(*) AS layer_tokens,
  count(DISTINCT a.request_id) AS requests,
  count(a.request_id) = count(*) AS has_requests,
  count(a.weights) = count(*) AS has_weights
FROM activation a
JOIN model m ON a.model = m.model AND a.revision = m.revision AND a.layer = m.moe_layers[0]
GROUP BY a.model, a.revision, a.dataset, a.workload, a.day, a.phase
