// The explorer of one endpoint: the address of the page is the address that it asks.
"use strict";

const EXAMPLE = "Bearer <your access token>";
const place = document.getElementById("explorer");
const ask = GraphiQL.createFetcher({ url: window.location.pathname });

// As long as the example stands there, no token is sent: a wrong one would be refused even where none is needed.
function askWithoutExample(parameters, options) {
  const headers = { ...((options && options.headers) || {}) };
  for (const name of Object.keys(headers)) {
    if (name.toLowerCase() === "authorization" && headers[name] === EXAMPLE) {
      delete headers[name];
    }
  }
  return ask(parameters, { ...options, headers });
}

ReactDOM.createRoot(place).render(
  React.createElement(GraphiQL, {
    fetcher: askWithoutExample,
    defaultQuery: place.dataset.query,
    defaultHeaders: JSON.stringify({ Authorization: EXAMPLE }, null, 2),
    defaultEditorToolsVisibility: "headers",
    shouldPersistHeaders: false,
  }),
);
