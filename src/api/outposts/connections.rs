//! `/outposts/service_connections/`: where the server can run outposts.

use super::state;
use crate::{
    api::{
        context::Context,
        fields::{Writer, fields},
        kinds::{Described, Kind, destroy_any, model_of},
        resource::{self, Model, Resource, Unique},
    },
    domain::kubeconfig,
    store::{
        Entity, table,
        tables::{DockerConnection, KubernetesConnection, ServiceConnection},
    },
};
use serde_json::json;
use uuid::Uuid;
use vestibule_api::{
    ApiError, OutpostsServiceConnectionsAll, OutpostsServiceConnectionsDocker, OutpostsServiceConnectionsKubernetes,
    models::{self, TypeCreate},
    outposts_service_connections_all, outposts_service_connections_docker, outposts_service_connections_kubernetes,
};

/// All kinds, in the order of their names.
const KINDS: &[Kind] = &[
    Kind {
        kind: "docker",
        model: Model {
            app: "authentik_outposts",
            name: "dockerserviceconnection",
            verbose: "Docker Service-Connection",
        },
        verbose_plural: "Docker Service-Connections",
        component: "ak-service-connection-docker-form",
        description: "Run outposts as Docker containers.",
        icon: None,
        enterprise: false,
    },
    Kind {
        kind: "kubernetes",
        model: Model {
            app: "authentik_outposts",
            name: "kubernetesserviceconnection",
            verbose: "Kubernetes Service-Connection",
        },
        verbose_plural: "Kubernetes Service-Connections",
        component: "ak-service-connection-kubernetes-form",
        description: "Run outposts as deployments in Kubernetes.",
        icon: None,
        enterprise: false,
    },
];

const UNIQUE: &[Unique] = &[("name", "name", "Outpost Service-Connection with this name already exists.")];

/// What answers say of the kinds of service connections.
#[allow(clippy::unused_async, reason = "others ask the database")]
async fn described<R>(_: &mut Context, rows: Vec<R>) -> Result<Vec<Described<R>>, ApiError>
where
    R: Entity + AsRef<ServiceConnection>,
{
    Described::all(KINDS, rows, |row| &row.as_ref().kind)
}

impl Resource for outposts_service_connections_all::Family {
    type Row = ServiceConnection;

    const MODEL: Model =
        Model { app: "authentik_outposts", name: "outpostserviceconnection", verbose: "Outpost Service-Connection" };

    fields!(outposts_service_connections_all, described);

    fn label(row: &ServiceConnection) -> String {
        format!("Outpost service connection {}", row.name)
    }
}

impl Resource for outposts_service_connections_docker::Family {
    type Row = DockerConnection;

    const MODEL: Model = model_of(KINDS, "docker");
    const UNIQUE: &'static [Unique] = UNIQUE;

    fields!(outposts_service_connections_docker, described);

    fn label(row: &DockerConnection) -> String {
        format!("{} {}", Self::MODEL.verbose, row.name)
    }
}

impl OutpostsServiceConnectionsDocker for Context {}

impl Resource for outposts_service_connections_kubernetes::Family {
    type Row = KubernetesConnection;

    const MODEL: Model = model_of(KINDS, "kubernetes");
    const UNIQUE: &'static [Unique] = UNIQUE;

    fields!(outposts_service_connections_kubernetes, described);

    fn label(row: &KubernetesConnection) -> String {
        format!("{} {}", Self::MODEL.verbose, row.name)
    }

    async fn check(
        _: &mut Context,
        row: &mut KubernetesConnection,
        before: Option<&KubernetesConnection>,
        to: &mut Writer,
    ) -> Result<(), ApiError> {
        if row.kubeconfig.0 == json!({}) {
            if !row.local {
                let only = "You can only use an empty kubeconfig when connecting to a local cluster.";
                to.errors.add("kubeconfig", only);
            }
        } else if before.is_none_or(|before| before.kubeconfig != row.kubeconfig)
            && kubeconfig::read(&row.kubeconfig.0).is_none()
        {
            to.errors.add("kubeconfig", "Invalid kubeconfig");
        }
        Ok(())
    }
}

impl OutpostsServiceConnectionsKubernetes for Context {}

impl OutpostsServiceConnectionsAll for Context {
    async fn outposts_service_connections_all_types_list(&mut self) -> Result<Vec<TypeCreate>, ApiError> {
        Ok(KINDS.iter().map(Kind::type_create).collect())
    }

    async fn outposts_service_connections_all_destroy(&mut self, uuid: Uuid) -> Result<(), ApiError> {
        destroy_any::<outposts_service_connections_all::Family>(self, uuid, KINDS, |row| &row.kind).await
    }

    async fn outposts_service_connections_all_state_retrieve(
        &mut self,
        uuid: Uuid,
    ) -> Result<models::ServiceConnectionState, ApiError> {
        let row = resource::find::<outposts_service_connections_all::Family>(self, uuid).await?;
        let version = if row.kind == "docker" {
            match table::find(&mut self.db, ServiceConnection::KEY, uuid).await? {
                Some(connection) => state::docker(self, connection).await?,
                None => None,
            }
        } else {
            match table::find(&mut self.db, ServiceConnection::KEY, uuid).await? {
                Some(connection) => state::kubernetes(self, connection).await?,
                None => None,
            }
        };
        Ok(models::ServiceConnectionState { healthy: version.is_some(), version: version.unwrap_or_default() })
    }
}
