import js from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist/", "dist-test/", "bin/", "node_modules/"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ["tsconfig.json", "src/graph/webview/tsconfig.json"],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      eqeqeq: "error",
      "max-lines-per-function": ["error", 60],
    },
  },
  {
    files: ["src/**/*.ts"],
    ignores: ["src/show/*.ts"],
    rules: {
      // What a person is shown passes through `src/show`, which makes it safe to show.
      "no-restricted-properties": [
        "error",
        ...[
          "showInformationMessage",
          "showWarningMessage",
          "showErrorMessage",
          "showQuickPick",
          "showInputBox",
          "createQuickPick",
          "createInputBox",
        ].map((property) => ({ object: "window", property, message: "use what `src/show` has" })),
      ],
    },
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      // `test` of node:test gives a promise that its runner waits for by itself.
      "@typescript-eslint/no-floating-promises": "off",
      "max-lines-per-function": "off",
    },
  },
  {
    files: ["**/*.mjs"],
    languageOptions: { globals: { console: "readonly", process: "readonly" } },
  },
);
