/** The tables that ingest fills, one declaration each, and the form in which they hold experts. */
package coterie.ingest.table;
