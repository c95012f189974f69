/** Records of JSON for the benches of compression: the same ones in every run. */
import { readFileSync } from "node:fs";
import { seededRandom } from "kinesis-producer/testing";

/** @typedef {"flights" | "movies" | "earthquakes" | "events of 30 fields" | "events of 100 B"} RealSet */

/** @type {readonly RealSet[]} */
export const REAL_SETS = ["flights", "movies", "earthquakes", "events of 30 fields", "events of 100 B"];

/** Invented events repeat after this many: more than one aggregate holds. */
const EVENTS = 5_000;

/**
 * @param {RealSet} set
 * @returns {readonly Uint8Array[]}
 */
export function realRecords(set) {
  return rowsOf(set).map((row) => Buffer.from(JSON.stringify(row)));
}

/** @param {RealSet} set */
function rowsOf(set) {
  if (set === "flights") return readRows("flights-20k.json");
  if (set === "movies") return readRows("movies.json");
  if (set === "earthquakes") return readRows("earthquakes.json");
  const event = set === "events of 100 B" ? smallEvent : wideEvent;
  const random = new Draws();
  return Array.from({ length: EVENTS }, (_, index) => event(random, index));
}

/**
 * @param {string} file of `vega-datasets`, which does not export its data files
 * @returns {object[]}
 */
function readRows(file) {
  const rows = JSON.parse(readFileSync(new URL(`../data/${file}`, import.meta.resolve("vega-datasets")), "utf8"));
  return rows.features ?? rows;
}

/** The parts of an event. Identifiers are random, names come from lists, and numbers have the digits that such numbers have. */
class Draws {
  #random = seededRandom(7);

  /** @param {number} below */
  integer(below) {
    return Math.floor(this.#random() * below);
  }

  /**
   * @param {number} below
   * @param {number} digits behind the point
   */
  number(below, digits) {
    return Number((this.#random() * below).toFixed(digits));
  }

  /** @param {number} digits */
  hex(digits) {
    return Array.from({ length: digits }, () => this.integer(16).toString(16)).join("");
  }

  uuid() {
    return [8, 4, 4, 4, 12].map((digits) => this.hex(digits)).join("-");
  }

  /** @param {readonly string[]} names */
  oneOf(names) {
    return names[this.integer(names.length)] ?? "";
  }
}

const START = Date.UTC(2026, 0, 5, 9);
const KINDS = ["page_view", "click", "search", "add_to_cart", "remove_from_cart", "checkout", "purchase", "sign_in"];
const COUNTRIES = ["DE", "FR", "US", "GB", "ES", "IT", "PL", "NL", "SE", "BR", "IN", "JP"];
const CITIES = ["Berlin", "Paris", "New York", "London", "Madrid", "Milano", "Warszawa", "Utrecht", "Lund", "Recife"];
const AGENTS = [
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Safari/605.1.15",
  "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
  "shop-app/8.4.1 (iPhone17,3; iOS 19.1)",
];
const CAMPAIGNS = ["spring-sale", "newsletter-42", "retargeting", "organic", "partner-blog", "none"];
const SOURCES = ["google", "mail", "partner", "direct"];
const PATHS = ["/", "/search", "/cart", "/checkout", "/account/orders", "/help/returns"];

/**
 * @param {Draws} draw
 * @param {number} index
 */
function smallEvent(draw, index) {
  return {
    id: draw.hex(12),
    at: START + index * 7 + draw.integer(7),
    kind: draw.oneOf(KINDS),
    user: draw.integer(1_000_000),
    price: draw.number(200, 2),
    country: draw.oneOf(COUNTRIES),
  };
}

/**
 * @param {Draws} draw
 * @param {number} index
 */
function wideEvent(draw, index) {
  const product = draw.integer(40_000);
  return {
    event_id: draw.uuid(),
    event_type: draw.oneOf(KINDS),
    occurred_at: new Date(START + index * 7).toISOString(),
    received_at: new Date(START + index * 7 + draw.integer(400)).toISOString(),
    session_id: draw.uuid(),
    user_id: draw.integer(1_000_000),
    is_signed_in: draw.integer(3) > 0,
    device_id: draw.hex(32),
    user_agent: draw.oneOf(AGENTS),
    ip: `10.${draw.integer(256)}.${draw.integer(256)}.${draw.integer(256)}`,
    country: draw.oneOf(COUNTRIES),
    city: draw.oneOf(CITIES),
    latitude: draw.number(90, 5),
    longitude: draw.number(180, 5),
    language: draw.oneOf(["de-DE", "fr-FR", "en-US", "en-GB", "es-ES"]),
    url: `https://www.shop.example${draw.integer(2) === 0 ? draw.oneOf(PATHS) : `/product/${product}`}?utm_source=${draw.oneOf(SOURCES)}&utm_campaign=${draw.oneOf(CAMPAIGNS)}`,
    referrer: draw.oneOf(["https://www.google.com/", "https://duckduckgo.com/", "https://www.shop.example/", ""]),
    campaign: draw.oneOf(CAMPAIGNS),
    product_id: product,
    product_name: `${draw.oneOf(["Trail", "City", "Alpine", "Coast"])} ${draw.oneOf(["shoe", "jacket", "bag", "shirt"])} ${product % 900}`,
    category: draw.oneOf(["shoes", "outdoor", "bags", "basics"]),
    price: draw.number(300, 2),
    currency: draw.oneOf(["EUR", "USD", "GBP"]),
    quantity: 1 + draw.integer(3),
    cart_value: draw.number(900, 2),
    page_load_ms: draw.integer(3_000),
    screen: draw.oneOf(["1920x1080", "1440x900", "390x844", "412x915"]),
    experiment: `checkout-${draw.integer(4)}`,
    trace_id: draw.hex(32),
    consent: draw.oneOf(["analytics,marketing", "analytics", "necessary"]),
  };
}
