/** @typedef {Readonly<Record<string, string | number>>} Attributes */
/** @typedef {readonly (Node | string)[]} Children */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element of HTML.
 *
 * @param {string} name
 * @param {Attributes} attributes
 * @param {Children} children
 */
export function html(name, attributes = {}, children = []) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

/**
 * An element of SVG.
 *
 * @param {string} name
 * @param {Attributes} attributes
 * @param {Children} children
 */
export function svg(name, attributes = {}, children = []) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

/**
 * The element with this id, which the page has.
 *
 * @param {string} id
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element;
}
