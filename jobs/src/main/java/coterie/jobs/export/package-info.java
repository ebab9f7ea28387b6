/** Plans in the formats that serving engines load. */
package coterie.jobs.export;
