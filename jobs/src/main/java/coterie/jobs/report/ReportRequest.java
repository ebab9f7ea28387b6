package coterie.jobs.report;

import java.util.Optional;

/**
 * What to show.
 *
 * @param model the only model shown; all of the lake if empty
 * @param today the plan in use, which others are held against; if empty, the one imported from an
 *     engine, else EPLB's with the fewest slots, else the contiguous one
 */
public record ReportRequest(Optional<String> model, Optional<String> today) {}
