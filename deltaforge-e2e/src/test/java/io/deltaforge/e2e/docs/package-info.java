/** What the documents say, tried. */
package io.deltaforge.e2e.docs;
