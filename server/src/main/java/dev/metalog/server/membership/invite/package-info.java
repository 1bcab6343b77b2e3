/** How somebody asks to be let into a workspace: two state machines that meet over a link's secret or over a spoken code. */
package dev.metalog.server.membership.invite;
