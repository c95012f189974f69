/**
 * The pages of the site, in the order of a reader's questions. The pages of `decisions/` follow by themselves.
 *
 * @type {readonly { readonly title: string, readonly pages: readonly string[] }[]}
 */
export const SECTIONS = [
  { title: "Move in", pages: ["docs/from-kpl.md", "docs/from-aws-kinesis-agg.md", "docs/from-kafkajs.md"] },
  {
    title: "Use it",
    pages: [
      "docs/guide.md",
      "docs/reference.md",
      "docs/recipes.md",
      "docs/lambda-producer.md",
      "docs/schemas.md",
      "docs/compression.md",
      "docs/cost.md",
    ],
  },
  { title: "Read it", pages: ["docs/consumers.md", "docs/deaggregation.md", "docs/compatibility.md"] },
  {
    title: "Try it on a laptop",
    pages: [
      "docs/tutorial.md",
      "docs/game-pipeline.md",
      "docs/test-kit.md",
      "docs/local-kinesis.md",
      "docs/lambda-trigger.md",
      "docs/delivery.md",
      "docs/load.md",
      "docs/conformance.md",
    ],
  },
  { title: "Tune it", pages: ["docs/performance.md", "docs/fleet.md", "BENCHMARKS.md"] },
  {
    title: "Operate it",
    pages: [
      "docs/operating.md",
      "docs/iam.md",
      "docs/health.md",
      "docs/metrics.md",
      "docs/exporters.md",
      "docs/tracing.md",
      "docs/diagnostics.md",
      "docs/errors.md",
      "docs/dead-letters.md",
      "docs/spool.md",
      "docs/agent.md",
      "SECURITY.md",
    ],
  },
  {
    title: "How it works, and why trust it",
    pages: [
      "docs/guarantees.md",
      "docs/reliability.md",
      "DESIGN.md",
      "docs/style.md",
      "CONTRIBUTING.md",
      "CHANGELOG.md",
    ],
  },
];
