/** Runs whole networks of conductors in virtual time with faults, and tells whether anything was lost or parted ways. */
package dev.metalog.server.simulate;
