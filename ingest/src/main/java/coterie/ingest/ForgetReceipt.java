package coterie.ingest;

/**
 * What was forgotten.
 *
 * @param sources that lost something
 * @param records requests, or passes of sources without requests
 * @param tokens of these, those behind counts included
 * @param wholeSources true if the sources may be ingested again
 */
public record ForgetReceipt(long sources, long records, long tokens, boolean wholeSources) {}
