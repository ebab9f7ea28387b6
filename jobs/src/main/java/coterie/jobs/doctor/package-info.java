/** Looks whether this machine can run Coterie, and says what to do where it cannot. */
package coterie.jobs.doctor;
