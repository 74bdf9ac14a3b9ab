/**
 * Model versions and their aliases as Iceberg tables of one catalog: numbered without gaps or
 * duplicates by any number of processes, immutable, and readable by every engine that reads
 * Iceberg. Nothing is trained, scored or judged here. Start reading at {@link
 * dev.millrace.registry.Registry}.
 *
 * <p>Both tables live in the namespace {@code models}; with the catalog configured in Spark under
 * its own name they answer plain SQL: {@code select name, version, metrics['auc'] from
 * registry.models.versions}.
 *
 * <table>
 *   <caption>{@code models.versions}: one row a version, never changed</caption>
 *   <tr><th>column</th><th>type</th><th>meaning</th></tr>
 *   <tr><td>name, version</td><td>string, int</td><td>the key; versions of a name are 1, 2, 3, ...</td></tr>
 *   <tr><td>content_fingerprint</td><td>string</td><td>SHA-256 of what determines the model, hex</td></tr>
 *   <tr><td>flavour</td><td>string</td><td>format of the artifact, {@code onnx}</td></tr>
 *   <tr><td>inputs, outputs</td><td>list of struct(name, type)</td><td>the signature, in order</td></tr>
 *   <tr><td>parameters, environment</td><td>map of string to string</td><td>as given</td></tr>
 *   <tr><td>metrics</td><td>map of string to double</td><td>as given</td></tr>
 *   <tr><td>data_versions</td><td>map of string to string</td><td>table location to its version</td></tr>
 *   <tr><td>definition_fingerprints</td><td>map of string to string</td><td>definition to its fingerprint</td></tr>
 *   <tr><td>code_commit, code_dirty</td><td>string, boolean</td><td>the commit, and whether files differed from it</td></tr>
 *   <tr><td>author, description</td><td>string</td><td>as given</td></tr>
 *   <tr><td>created_at</td><td>timestamptz</td><td>time of registration, microseconds</td></tr>
 *   <tr><td>artifact, verification_rows, training_profile</td><td>list of binary</td><td>the bytes in chunks of 1 MiB</td></tr>
 *   <tr><td>artifact_sha256, artifact_size</td><td>string, long</td><td>checked at every read; the same two columns
 *       exist for verification_rows and training_profile</td></tr>
 *   <tr><td>commit_id</td><td>string</td><td>the call that wrote the row</td></tr>
 * </table>
 *
 * <table>
 *   <caption>{@code models.aliases}: one row a move of an alias, only ever appended</caption>
 *   <tr><th>column</th><th>type</th><th>meaning</th></tr>
 *   <tr><td>model, alias</td><td>string</td><td>which alias of which model</td></tr>
 *   <tr><td>version</td><td>int</td><td>the version it points to from then on</td></tr>
 *   <tr><td>previous_version</td><td>int</td><td>the version before; null for a new alias</td></tr>
 *   <tr><td>reason, changed_by</td><td>string</td><td>as given</td></tr>
 *   <tr><td>changed_at</td><td>timestamptz</td><td>strictly increasing within a model, so the latest row of an alias is
 *       its state, and the latest at or before a time is what it was then</td></tr>
 *   <tr><td>commit_id</td><td>string</td><td>the call that wrote the row</td></tr>
 * </table>
 */
@NullMarked
package dev.millrace.registry;

import org.jspecify.annotations.NullMarked;
