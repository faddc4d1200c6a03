//! model_card
