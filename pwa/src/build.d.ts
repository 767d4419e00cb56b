/** What the build puts into the code. */

/** The version in package.json. */
declare const __VERSION__: string;
/** Trusted Types, which not every browser has. */
interface Window {
  trustedTypes?: {
    createPolicy(
      name: string,
      rules: { createScriptURL: (url: string) => string },
    ): { createScriptURL(url: string): TrustedScriptURL };
  };
}
interface TrustedScriptURL {
  toString(): string;
}
