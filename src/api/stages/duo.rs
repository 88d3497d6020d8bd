//! `/stages/authenticator/duo/`: stages that set up Duo. Not offered yet; blueprints write and read them.

use super::stage;

stage!(stages_authenticator_duo AuthenticatorDuoStage "authenticator_duo");
