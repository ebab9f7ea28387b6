package coterie.ingest.block;

import java.io.Serializable;

/**
 * One example of a rejected record or token.
 *
 * @param record line or request in the file, from 1
 * @param position token position in the request; null for a record
 * @param layer hidden-layer id; null for a record
 * @param detail what was found, at most {@link coterie.ingest.table.IssueTable#DETAIL_CHARACTERS}
 *     characters
 */
public record IssueSample(long record, Integer position, Integer layer, String detail)
    implements Serializable {}
