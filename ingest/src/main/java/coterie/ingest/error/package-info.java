/** What a user is told when something that they gave is wrong. */
package coterie.ingest.error;
