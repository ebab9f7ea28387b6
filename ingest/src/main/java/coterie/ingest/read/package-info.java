/** Readers of trace formats: bytes to runs of routed tokens, one class a format. */
package coterie.ingest.read;
