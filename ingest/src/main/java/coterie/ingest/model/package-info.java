/** Model shapes: built in, from a file, or stated by a trace. */
package coterie.ingest.model;
