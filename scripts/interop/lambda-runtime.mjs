/** Installs AWS's own runtime of Lambda for Node.js, and AWS's emulator of its runtime interface. */
import { join } from "node:path";
import { installOnce, run } from "../installing.mjs";

const RUNTIME = "aws-lambda-ric@4.0.2";

const EMULATOR =
  "github.com/aws/aws-lambda-runtime-interface-emulator/cmd/aws-lambda-rie@v0.0.0-20261030222936-bef5c4ba774d";

/** The programs by name, with their versions. */
export const LAMBDA_RUNTIME_VERSIONS = {
  "aws-lambda-ric (npm)": RUNTIME.split("@")[1] ?? "?",
  "aws-lambda-runtime-interface-emulator (Go module)": EMULATOR.split("@")[1] ?? "?",
};

/**
 * Installs both below `folder`: `lambda/node_modules/aws-lambda-ric` and `lambda/aws-lambda-rie`.
 *
 * @param {string} folder
 */
export function installLambdaRuntime(folder) {
  installOnce(join(folder, "lambda"), `${RUNTIME}\0${EMULATOR}`, (target) => {
    run("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--prefix", target, RUNTIME]);
    run("env", [`GOBIN=${target}`, "go", "install", EMULATOR]);
  });
}
