-- Distinct experts of steps of tokens of distinct requests at their own positions: the sizes of all
-- batches that the number of requests allows.
WITH asked AS (
  SELECT a.model, a.revision, a.dataset, a.workload, a.day, a.phase, a.layer, a.request_id,
    a.position, a.experts, a.layer = m.moe_layers[0] AS is_first, l.requests
  FROM activation a
  JOIN model m ON a.model = m.model AND a.revision = m.revision
  JOIN leaf l ON a.model = l.model AND a.revision = l.revision AND a.dataset = l.dataset
    AND a.workload <=> l.workload AND a.day <=> l.day AND a.phase = l.phase
  WHERE l.has_requests AND l.requests >= 4
), request AS (
  SELECT *, int(row_number() OVER (PARTITION BY model, revision, dataset, workload, day, phase
      ORDER BY xxhash64(:seed, request_id), request_id) - 1) AS r
  FROM (SELECT DISTINCT model, revision, dataset, workload, day, phase, request_id, requests
    FROM asked WHERE is_first)
), token AS (
  SELECT *, count(*) OVER (PARTITION BY model, revision, dataset, workload, day, phase, request_id)
      AS kept
  FROM (SELECT *, row_number() OVER (PARTITION BY model, revision, dataset, workload, day, phase,
        request_id ORDER BY xxhash64(:seed, request_id, position), position) - 1 AS t
    FROM (SELECT DISTINCT model, revision, dataset, workload, day, phase, request_id, position
      FROM asked WHERE is_first))
  WHERE t < 16
), pool AS (
  SELECT r.*, t.kept
  FROM request r
  JOIN (SELECT DISTINCT model, revision, dataset, workload, day, phase, request_id, kept FROM token)
    t ON r.model = t.model AND r.revision = t.revision AND r.dataset = t.dataset
    AND r.workload <=> t.workload AND r.day <=> t.day AND r.phase = t.phase
    AND r.request_id = t.request_id
  WHERE r.r < 4096
), draw AS (
  SELECT *, row_number() OVER (PARTITION BY model, revision, dataset, workload, day, phase, step
      ORDER BY xxhash64(:seed, step, r), r) - 1 AS draw,
    pmod(xxhash64(:seed, step, r, 1), kept) AS t
  FROM (SELECT p.*, int(b.id) AS step FROM pool p CROSS JOIN range(:batches) b)
), drawn AS (
  SELECT d.model, d.revision, d.dataset, d.workload, d.day, d.phase, d.step, d.draw, d.requests,
    t.request_id, t.position
  FROM draw d
  JOIN token t ON d.model = t.model AND d.revision = t.revision AND d.dataset = t.dataset
    AND d.workload <=> t.workload AND d.day <=> t.day AND d.phase = t.phase
    AND d.request_id = t.request_id AND d.t = t.t
  WHERE 4 * d.draw < d.requests AND d.draw < 1024
), first_draw AS (
  SELECT d.model, d.revision, d.dataset, d.workload, d.day, d.phase, a.layer, d.step, expert,
    min(d.draw) AS draw, max(d.requests) AS requests
  FROM drawn d
  JOIN asked a ON d.model = a.model AND d.revision = a.revision AND d.dataset = a.dataset
    AND d.workload <=> a.workload AND d.day <=> a.day AND d.phase = a.phase
    AND d.request_id = a.request_id AND d.position = a.position
  LATERAL VIEW explode(a.experts) AS expert
  GROUP BY d.model, d.revision, d.dataset, d.workload, d.day, d.phase, a.layer, d.step, expert
)
SELECT f.model, f.revision, f.dataset, f.workload, f.day, f.phase, f.layer, 'request' AS sampler,
  int(shiftleft(1, int(s.id))) AS batch, f.step, count(*) AS size
FROM first_draw f JOIN range(0, 11) s ON f.draw < shiftleft(1, int(s.id))
  AND 4 * shiftleft(1, int(s.id)) <= f.requests
GROUP BY f.model, f.revision, f.dataset, f.workload, f.day, f.phase, f.layer, f.step, s.id
