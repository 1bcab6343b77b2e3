/** Real processes joined end to end: sidecars, brokers, editors, and the faults that people meet. */
package dev.metalog.integration;
