"""HTTP: parse, call, reply. Blueprints by topic, schemas in marshmallow, OpenAPI for free."""
