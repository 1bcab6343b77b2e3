/** What two processes must agree on: ids, messages, codecs, limits and error codes, as plain data. */
package dev.metalog.protocol;
