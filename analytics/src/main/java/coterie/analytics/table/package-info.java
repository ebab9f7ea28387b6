/** The statistics, one declaration each; they are stored by leaf and never mixed with totals. */
package coterie.analytics.table;
