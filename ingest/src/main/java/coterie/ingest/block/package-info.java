/** Checks tokens, packs them into blocks and accounts for every one. */
package coterie.ingest.block;
