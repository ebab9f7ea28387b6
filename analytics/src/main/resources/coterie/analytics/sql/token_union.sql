-- Distinct experts of steps of tokens drawn uniformly with replacement: the sizes of all batches.
-- A draw takes a place; the sets of the pool lie one after the other on as many places as they have
-- tokens. A step of B tokens has the experts that some draw before the B-th brought first.
WITH pool AS (
  SELECT s.model, s.revision, s.dataset, s.workload, s.day, s.phase, s.layer, s.experts, s.tokens,
    concat_ws('', transform(s.experts, e -> lpad(string(e), 5, '0'))) AS name
  FROM expert_set s
  JOIN leaf l ON s.model = l.model AND s.revision = l.revision AND s.dataset = l.dataset
    AND s.workload <=> l.workload AND s.day <=> l.day AND s.phase = l.phase
), laid AS (
  SELECT *,
    sum(tokens) OVER (PARTITION BY model, revision, dataset, workload, day, phase, layer
      ORDER BY name ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS end
  FROM pool
), place AS (
  SELECT model, revision, dataset, workload, day, phase, layer, experts, place
  FROM laid LATERAL VIEW explode(sequence(end - tokens, end - 1)) AS place
), layer AS (
  SELECT model, revision, dataset, workload, day, phase, layer, sum(tokens) AS places
  FROM pool GROUP BY model, revision, dataset, workload, day, phase, layer
), draw AS (
  SELECT y.*, int(b.id) AS batch, int(d.id) AS draw,
    pmod(xxhash64(:seed, int(b.id), int(d.id)), y.places) AS place
  FROM layer y CROSS JOIN range(:batches) b CROSS JOIN range(1024) d
), first_draw AS (
  SELECT p.model, p.revision, p.dataset, p.workload, p.day, p.phase, p.layer, d.batch, expert,
    min(d.draw) AS draw
  FROM draw d
  JOIN place p ON d.model = p.model AND d.revision = p.revision AND d.dataset = p.dataset
    AND d.workload <=> p.workload AND d.day <=> p.day AND d.phase = p.phase
    AND d.layer = p.layer AND d.place = p.place
  LATERAL VIEW explode(p.experts) AS expert
  GROUP BY p.model, p.revision, p.dataset, p.workload, p.day, p.phase, p.layer, d.batch, expert
)
SELECT f.model, f.revision, f.dataset, f.workload, f.day, f.phase, f.layer, 'token' AS sampler,
  int(shiftleft(1, int(s.id))) AS batch, f.batch AS step, count(*) AS size
FROM first_draw f JOIN range(1, 11) s ON f.draw < shiftleft(1, int(s.id))
GROUP BY f.model, f.revision, f.dataset, f.workload, f.day, f.phase, f.layer, f.batch, s.id
UNION ALL
SELECT a.model, a.revision, a.dataset, a.workload, a.day, a.phase, a.layer, 'token' AS sampler,
  1 AS batch, int(NULL) AS step, size(a.experts) AS size
FROM activation a WHERE size(a.experts) > 0
