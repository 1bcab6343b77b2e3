/**
 * Keeps where devices of peers can be reached without a broker, who was told where we are, to whom links are up, who lost them by
 * sending what nobody signed, and when our beacon is shown on the local network.
 */
package dev.metalog.server.reach;
