/** Predicted times beside published measurements, and the fit of a profile's constants to them. */
package coterie.jobs.calibrate;
