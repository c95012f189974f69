/**
 * Takes one user record into a checksum, in order, so that none can be left out: its key, its data, and both of their ends
 * are touched. `DecodeBench.java` does the same.
 *
 * @param {number} sum
 * @param {string} key
 * @param {Uint8Array} data
 */
export function add(sum, key, data) {
  const ofKey = key.length + key.charCodeAt(0) + key.charCodeAt(key.length - 1);
  const ofData = data.length + /** @type {number} */ (data[0]) + /** @type {number} */ (data[data.length - 1]);
  return (Math.imul(sum, 31) + ofKey + ofData) | 0;
}
