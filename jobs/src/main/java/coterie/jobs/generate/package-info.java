/** Traces of no real model, for demonstrations and tests; always labelled synthetic. */
package coterie.jobs.generate;
