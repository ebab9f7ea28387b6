/** Raw traces to tables: formats, checks, accounting. */
package coterie.ingest;
