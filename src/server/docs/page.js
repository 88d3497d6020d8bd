"use strict";
// Tags stay closed: eight hundred operations at once would keep the browser busy for seconds.
SwaggerUIBundle({
  urls: [
    { name: "Admin API", url: "schema/?format=json" },
    { name: "Everything else", url: "/-/openapi.json" },
  ],
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  layout: "StandaloneLayout",
  dom_id: "#api",
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: -1,
  displayOperationId: true,
  displayRequestDuration: true,
  filter: true,
  tryItOutEnabled: true,
  validatorUrl: null,
  // A cookie is no credential here, and people paste tokens together with the word before them.
  requestInterceptor: (request) => {
    const header = request.headers.Authorization;
    if (header) request.headers.Authorization = header.replace(/^Bearer\s+Bearer\s+/i, "Bearer ");
    return request;
  },
});
