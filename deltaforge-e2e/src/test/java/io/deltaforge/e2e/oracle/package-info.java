/** What must hold of the topics that a pipeline fills, checked record by record against what the database committed. */
package io.deltaforge.e2e.oracle;
