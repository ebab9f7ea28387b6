/** Rows out of packed blocks, for any Spark session that can read the lake. */
package coterie.ingest.unpack;
