/** Plans in the formats that serving engines load, written and read. */
package coterie.jobs.export;
