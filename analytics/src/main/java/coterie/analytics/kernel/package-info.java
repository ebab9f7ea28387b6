/** Dense counting over packed blocks, one pass a partition. */
package coterie.analytics.kernel;
