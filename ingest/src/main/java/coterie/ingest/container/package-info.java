/** Containers of arrays and lines: bytes to values, with every length bounded. */
package coterie.ingest.container;
