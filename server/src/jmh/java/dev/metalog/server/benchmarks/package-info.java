/** JMH benchmarks of the parts: what one step costs. The whole is measured by {@code meta-log bench traces}. */
package dev.metalog.server.benchmarks;
